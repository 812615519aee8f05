import { SessionsError } from '../errors.ts';
import type { RunCommand } from './types.ts';

export const list: RunCommand = () => Promise.reject(new SessionsError('USAGE', 'not built yet'));

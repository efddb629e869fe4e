import { accessSync, constants } from 'node:fs';

/** Whether something that may be executed stands at a path. */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

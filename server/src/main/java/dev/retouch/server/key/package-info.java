/**
 * API keys and groups. {@code api} authenticates principals before it reads a body; {@code api} and {@code cli}
 * administer keys. Stores hashes only. A secret leaves the package once, when it is created, and never reaches logs or
 * errors. Keeps limits but never enforces them; never knows money.
 */
@NullMarked
package dev.retouch.server.key;

import org.jspecify.annotations.NullMarked;

/**
 * What is kept of edits beside their money, where a group says so: how they ran, prompts, and thumbnails. Prompts and thumbnails are
 * encrypted. Called by {@code edit} and {@code answer} while an edit runs, by {@code observe} at its end, and by {@code api} for
 * administrators. Never waits for anything while an edit runs, never fails an edit, and never logs what it keeps.
 */
@NullMarked
package dev.retouch.server.retention;

import org.jspecify.annotations.NullMarked;

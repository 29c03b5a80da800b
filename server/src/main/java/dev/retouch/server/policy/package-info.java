/**
 * What an operator may decide about edits, as plain choices: named in the settings by {@code config}, followed by
 * {@code edit}. Holds no behaviour and knows nobody.
 */
@NullMarked
package dev.retouch.server.policy;

import org.jspecify.annotations.NullMarked;

/** The gate: keys, groups, moderation, room and money, as callers and administrators see them. */
@NullMarked
package dev.retouch.contract.gate;

import org.jspecify.annotations.NullMarked;

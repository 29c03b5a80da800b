/** The gate: keys, groups, moderation, room and money, as callers and administrators see them. */
@NullMarked
package dev.retouch.contract.access;

import org.jspecify.annotations.NullMarked;

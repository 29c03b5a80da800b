/**
 * The moderation endpoint: flags what contains a marker or what it was told to flag. Called by the wire. It never judges
 * content for real.
 */
@NullMarked
package dev.retouch.mock.moderation;

import org.jspecify.annotations.NullMarked;

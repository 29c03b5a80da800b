/**
 * The moderation endpoint: flags texts with a marker and what a scenario selects. Called by the wire. It never judges
 * content for real.
 */
@NullMarked
package dev.retouch.mock.moderation;

import org.jspecify.annotations.NullMarked;

/**
 * The image edit itself: rules, rendering, usage, the answer as JSON or as events. Called by the wire. It never remembers
 * anything between two requests.
 */
@NullMarked
package dev.retouch.mock.edit;

import org.jspecify.annotations.NullMarked;

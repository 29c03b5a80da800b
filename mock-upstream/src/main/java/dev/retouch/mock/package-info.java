/**
 * The provider in miniature: an image-edit API as strict as the real one, with real pixels, scriptable faults and a
 * journal of what it was sent. Tests and the gateway's sandbox start it through {@link dev.retouch.mock.MockUpstream}; people
 * start it from the command line. It never knows who calls it: nothing of the gateway is imported here.
 */
@NullMarked
package dev.retouch.mock;

import org.jspecify.annotations.NullMarked;

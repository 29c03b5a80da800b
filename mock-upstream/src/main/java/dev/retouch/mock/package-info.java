/**
 * A mock of the provider: an image-edit API as strict as the provider's, with real images, scriptable faults and a journal of the
 * requests. Tests and the gateway's sandbox start it through {@link dev.retouch.mock.MockUpstream}, and operators from the command
 * line. It does not depend on the gateway.
 */
@NullMarked
package dev.retouch.mock;

import org.jspecify.annotations.NullMarked;

/** Tests of the guard and of fetching, with real listeners on this machine and names that only a script knows. */
@NullMarked
package dev.retouch.server.fetch;

import org.jspecify.annotations.NullMarked;

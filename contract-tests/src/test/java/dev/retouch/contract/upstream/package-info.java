/** Several upstreams behind one gateway: who is asked, who is asked again, and what callers, books and upstreams see of it. */
@NullMarked
package dev.retouch.contract.upstream;

import org.jspecify.annotations.NullMarked;

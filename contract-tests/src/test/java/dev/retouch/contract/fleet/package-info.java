/** Several gateway processes with one database behind a load balancer, and what holds whatever happens to them. */
@NullMarked
package dev.retouch.contract.fleet;

import org.jspecify.annotations.NullMarked;

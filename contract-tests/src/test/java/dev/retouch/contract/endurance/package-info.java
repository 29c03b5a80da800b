/**
 * A gateway under a mixed load for a long time. {@link dev.retouch.contract.endurance.MixedLoad} sends the edits,
 * {@link dev.retouch.contract.endurance.MixedUpstream} answers them, and {@link dev.retouch.contract.endurance.Curve} keeps what the process used
 * meanwhile.
 */
@NullMarked
package dev.retouch.contract.endurance;

import org.jspecify.annotations.NullMarked;

/**
 * The models this provider serves, read from one data file: their limits, parameters, sizes and token figures. Called by
 * the edit and by the models endpoint. It never decides anything by a model's name.
 */
@NullMarked
package dev.retouch.mock.model;

import org.jspecify.annotations.NullMarked;

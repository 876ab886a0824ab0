/** The command line, for people and scripts: a client of the server API, the load program, and the validation suite. */
@NullMarked
package io.holdfast.cli;

import org.jspecify.annotations.NullMarked;

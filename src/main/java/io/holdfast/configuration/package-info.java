/**
 * The keys of the configuration, for the server and for the command line that checks files: how a value is read
 * ({@link io.holdfast.configuration.Values}), the table of all keys ({@link io.holdfast.configuration.KnownKey}), and
 * which key was meant by a wrong name ({@link io.holdfast.configuration.NearestKey}). A test
 * compares the table with what the server reads and with {@code docs/configuration.md}. No state, no threads.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.configuration;

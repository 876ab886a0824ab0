/**
 * Tests of the gateway from outside: they start the WAR that was built in a Liberty of its own and speak raw frames and
 * HTTP to it. Start reading at {@link io.holdfast.it.LibertyServer} and {@link io.holdfast.it.WireClient}.
 */
package io.holdfast.it;

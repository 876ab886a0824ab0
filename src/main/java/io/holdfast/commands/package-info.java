/** The client protocol as a state machine, the same for every transport. One conversation per connection, called by one thread at a time. */
@org.jspecify.annotations.NullMarked
package io.holdfast.commands;

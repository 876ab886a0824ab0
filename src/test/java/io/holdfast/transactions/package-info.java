/** Tests of the room {@code transactions}: one contract for all databases. */
package io.holdfast.transactions;

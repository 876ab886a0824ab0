/** What goes into the deployed WAR to make its engine fail. */
package io.holdfast.it.faults;

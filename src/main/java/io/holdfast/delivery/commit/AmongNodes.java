package io.holdfast.delivery.commit;

import io.holdfast.delivery.OtherNodes;

/**
 * The parts of delivery that are there only if several nodes share the store.
 *
 * @param others are told what this node stores
 * @param arrivals what they tell
 * @param ordering puts both into one order
 * @param heads finds what did not arrive
 */
record AmongNodes(OtherNodes others, ArrivalQueue arrivals, Ordering ordering, HeadSweep heads) {}

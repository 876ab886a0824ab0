package io.holdfast.transactions;

import io.holdfast.delivery.LaterMessage;

/** A row of the table. @param number its place: rows of transactions that follow each other have rising numbers */
record Row(long number, LaterMessage message) {}

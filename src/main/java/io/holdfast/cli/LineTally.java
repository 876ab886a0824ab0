package io.holdfast.cli;

import io.holdfast.client.Json;

/** What became of lines that were sent as messages. One thread at a time. */
final class LineTally {
    private final String command;
    private boolean started;
    private long accepted;
    private long duplicates;
    private long dropped;
    private long refused;
    private long lastAccepted;

    /** @param command {@code send}, whose receipts tell more than those of {@code publish} */
    LineTally(String command) {
        this.command = command;
    }

    /** @return why the line is refused; empty if it is accepted */
    String count(Json reply, long line) {
        started = true;
        if (!reply.has(command)) {
            refused++;
            String message = reply.at("error", "message").textOrNumber();
            return message.isEmpty() ? "there is no reply to it" : message;
        }
        accepted++;
        lastAccepted = line;
        Json receipt = reply.at(command);
        if (receipt.at("duplicate").isTrue()) {
            duplicates++;
        } else if (receipt.has("connections") && receipt.at("connections").number() == 0) {
            dropped++;
        }
        return "";
    }

    boolean isStarted() {
        return started;
    }

    long refused() {
        return refused;
    }

    /** Duplicates and what was dropped (not critical, and no connection took it) are accepted as well. */
    String json() {
        return Json.object(result -> {
            result.writeNumberField("accepted", accepted);
            if (command.equals("send")) {
                result.writeNumberField("duplicates", duplicates);
                result.writeNumberField("dropped", dropped);
            }
            result.writeNumberField("refused", refused);
            result.writeNumberField("last_accepted_line", lastAccepted);
        });
    }
}

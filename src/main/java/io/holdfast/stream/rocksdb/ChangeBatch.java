package io.holdfast.stream.rocksdb;

import io.holdfast.stream.Applied;
import io.holdfast.stream.Change;
import io.holdfast.stream.Claim;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.Removed;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Prepares changes that are not appends: cursors, forgotten devices, settled publications. */
final class ChangeBatch {

    private final Changes changes;
    private final Store store;
    private final List<Applied.Refused> refused = new ArrayList<>(0);
    private final List<Applied.Confirmed> confirmed = new ArrayList<>();
    private final List<Removed> removed = new ArrayList<>(0);

    ChangeBatch(Changes changes) {
        this.changes = changes;
        this.store = changes.store;
    }

    Applied prepare(List<Change> all) {
        List<Change.ForgetStream> last = new ArrayList<>(0);
        for (Change change : all) {
            if (change instanceof Change.ForgetStream whole) {
                last.add(whole);
                continue;
            }
            StreamState stream = changes.touch(change.stream());
            if (change instanceof Change.MoveCursor move) {
                move(stream, move);
            } else if (change instanceof Change.GiveUp giveUp) {
                giveUp(stream, giveUp);
            } else if (change instanceof Change.Note) {
                continue; // no other node could read it
            } else if (change instanceof Change.ForgetDevice forget) {
                forget(stream, forget);
            } else if (change instanceof Change.Settle settle) {
                settle(stream, settle.offset(), settle.state(), settle.atMillis());
            } else if (change instanceof Change.Discard discard) {
                discard(stream, discard);
            } else {
                throw new IllegalArgumentException("an unknown change: " + change);
            }
        }
        last.forEach(this::forget);
        return new Applied(refused, confirmed, removed);
    }

    /** Whether the device was claimed since: then nothing is done. */
    private boolean refuses(StreamState stream, String device, Claim claim) {
        boolean refuses = stream.refuses(device, claim);
        if (refuses) {
            refused.add(new Applied.Refused(stream.name(), device, claim.fence()));
        }
        return refuses;
    }

    private void forget(Change.ForgetStream whole) {
        StreamState stream = changes.touch(whole.stream());
        boolean used = stream.usedMillis > whole.unusedSinceMillis()
                || stream.nextDevices.stream().anyMatch(device -> device.seenAtMillis() > whole.unusedSinceMillis());
        boolean idle = stream.number() != 0 && stream.sizes.messages() == 0 && !stream.metaChanged && !used;
        if (idle && whole.unwanted().getAsBoolean()) {
            changes.forget(stream);
        }
    }

    /** @return where the cursor was; above everything where the move was refused */
    private long move(StreamState stream, Change.MoveCursor move) {
        if (refuses(stream, move.device(), move.claim())) {
            return Long.MAX_VALUE;
        }
        changes.begin(stream);
        long from = 0;
        long offset = Math.min(move.offset(), stream.top);
        long seen = move.seenAtMillis();
        boolean moved = move.confirmed();
        List<DeviceCursor> devices = new ArrayList<>(stream.nextDevices);
        for (DeviceCursor before : stream.nextDevices) {
            if (before.device().equals(move.device())) {
                from = before.offset();
                moved |= offset > from;
                offset = Math.max(offset, before.offset());
                seen = Math.max(seen, before.seenAtMillis());
                devices.remove(before);
            }
        }
        DeviceCursor cursor = new DeviceCursor(move.device(), offset, seen);
        devices.add(cursor);
        stream.nextDevices = List.copyOf(devices);
        changes.batch.putCursor(stream.number(), cursor, stream.generation());
        changes.time(seen);
        if (move.confirmed()) {
            confirm(stream, from, Math.min(move.offset(), stream.top));
        }
        if (moved) {
            changes.confirmed(stream, seen);
            changes.lookAtGivenUp(stream, seen);
        }
        return from;
    }

    private void giveUp(StreamState stream, Change.GiveUp change) {
        long offset = change.offset();
        long from = move(
                stream,
                new Change.MoveCursor(
                        change.stream(), change.device(), offset, change.seenAtMillis(), false, change.claim()));
        if (offset > from
                && offset > stream.confirmedUpTo
                && stream.sizes.at(offset) > 0
                && !stream.givenUp.contains(offset)) {
            changes.giveUp(stream, offset);
        }
        changes.lookAtGivenUp(stream, change.seenAtMillis());
    }

    private void confirm(StreamState stream, long from, long offset) {
        LongStream.Builder now = LongStream.builder();
        if (!stream.givenUp.isEmpty()) {
            for (long each : stream.givenUp) {
                if (each > from && each <= Math.min(offset, stream.confirmedUpTo)) {
                    now.add(each);
                }
            }
            changes.noMoreGivenUp(stream, each -> each > from && each <= offset);
        }
        if (offset > stream.confirmedUpTo) {
            stream.confirmedUpTo = offset;
            List<Long> open = stream.givenUp;
            stream.sizes.confirm(offset, each -> {
                if (open.isEmpty() || !open.contains(each)) {
                    now.add(each);
                }
            });
            stream.metaChanged = true;
        }
        long[] offsets = now.build().toArray();
        if (offsets.length > 0) {
            confirmed.add(new Applied.Confirmed(stream.name(), offsets));
        }
    }

    private void forget(StreamState stream, Change.ForgetDevice forget) {
        List<DeviceCursor> left = stream.nextDevices.stream()
                .filter(cursor ->
                        !cursor.device().equals(forget.device()) || cursor.seenAtMillis() > forget.unseenSinceMillis())
                .toList();
        if (left.size() < stream.nextDevices.size()) {
            stream.nextDevices = left;
            stream.unclaim(forget.device());
            changes.batch.removeCursor(stream.number(), forget.device());
            changes.confirmed(stream, changes.nowMillis);
            changes.lookAtGivenUp(stream, changes.nowMillis);
        }
    }

    private void discard(StreamState stream, Change.Discard discard) {
        while (stream.sizes.messages() > 0 && stream.sizes.first() <= discard.upTo()) {
            long oldest = stream.sizes.first();
            stream.lostUpTo = Math.max(stream.lostUpTo, oldest);
            stream.metaChanged = true;
            settle(stream, oldest, FinalState.DROPPED, discard.atMillis());
        }
    }

    private void settle(StreamState stream, long offset, FinalState state, long atMillis) {
        if (stream.sizes.at(offset) == 0) {
            return;
        }
        byte[] message = store.get(Family.MESSAGES, Layout.key(stream.number(), offset));
        if (message == null) {
            throw store.failures().corrupt("a retained message is missing", null);
        }
        if (!stream.confirmed(offset)) {
            byte[] id = Layout.utf8(Layout.messageId(message));
            changes.end(stream, id, store.id(stream.number(), id), offset, state, atMillis);
            removed.add(new Removed(stream.name(), offset, Layout.messageId(message), state));
        }
        changes.removeMessage(stream, offset);
    }
}

package io.holdfast.delivery.watch;

/** For how long things are kept that may be forgotten: for a shorter time the more there are. Used by the ticker's thread. */
public final class KeepTime {
    private static final int MOST_HALVINGS = 40;

    private final int most;
    private int halvings;

    /** @param most above this the times are halved with each look, until fewer are left */
    public KeepTime(int most) {
        this.most = most;
    }

    public long of(long nanos) {
        return nanos >> halvings;
    }

    /** Looks how many were kept. */
    public void adjust(int kept) {
        if (kept > most) {
            halvings = Math.min(MOST_HALVINGS, halvings + 1);
        } else if (kept < most / 2 && halvings > 0) {
            halvings--;
        }
    }
}

package io.holdfast.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Holds that an input costs no more memory than its size allows. */
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** The first time pays for classes and tables too. */
    private static final int TRIES = 3;

    /** What Jazzer's instrumentation allocates besides, measured up to 1.4 MiB, the more the more is compared. */
    private static final long HOOKS_BYTES = System.getenv("JAZZER_FUZZ") == null ? 0 : 4 << 20;

    private final long constantBytes;
    private final long bytesPerByte;

    /**
     * @param constantBytes what the empty input may allocate
     * @param bytesPerByte what each of its bytes may add to that
     */
    public Allocation(long constantBytes, long bytesPerByte) {
        this.constantBytes = constantBytes;
        this.bytesPerByte = bytesPerByte;
    }

    /**
     * Does something with an input of so many bytes, again if it was too much.
     *
     * @throws AssertionError if it is always too much
     */
    public void bounds(int inputBytes, Runnable use) {
        long bound = HOOKS_BYTES + constantBytes + bytesPerByte * inputBytes;
        long least = Long.MAX_VALUE;
        for (int left = TRIES; left > 0 && least > bound; left--) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            use.run();
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        if (least > bound) {
            throw new AssertionError(
                    "%d bytes of input allocate %d bytes, more than %d".formatted(inputBytes, least, bound));
        }
    }
}

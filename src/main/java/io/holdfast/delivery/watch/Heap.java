package io.holdfast.delivery.watch;

import io.holdfast.delivery.AdmissionSettings;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * Sheds load before the heap is full: new connections first, then publishes. What counts is what collections leave, never
 * garbage. {@link #look} is the ticker's; the answers are read by any thread and cost nothing.
 */
public final class Heap {
    private final IntSupplier percent;
    private final AdmissionSettings settings;
    private volatile int live;

    /** @param percent of the heap that is certainly in use */
    public Heap(IntSupplier percent, AdmissionSettings settings) {
        this.percent = percent;
        this.settings = settings;
    }

    public static Heap ofThisProcess(AdmissionSettings settings) {
        List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
                .toList();
        return new Heap(() -> percent(pools), settings);
    }

    /**
     * What the last collections left. Some collectors look at old objects rarely, so that may be long ago: where less is in
     * use now, garbage included, that counts.
     */
    private static int percent(List<MemoryPoolMXBean> pools) {
        MemoryUsage now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        long left = 0;
        for (MemoryPoolMXBean pool : pools) {
            MemoryUsage usage = pool.getCollectionUsage();
            left += usage == null ? 0 : usage.getUsed();
        }
        return now.getMax() <= 0 ? 0 : (int) (100 * Math.min(left, now.getUsed()) / now.getMax());
    }

    public void look() {
        live = percent.getAsInt();
    }

    /** In percent of the most that it may be, as of the last look. */
    public int live() {
        return live;
    }

    public boolean refusesConnections() {
        return live >= settings.heapPercentForConnections();
    }

    public boolean refusesPublishes() {
        return live >= settings.heapPercentForPublishes();
    }
}

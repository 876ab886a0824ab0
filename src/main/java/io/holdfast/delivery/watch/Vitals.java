package io.holdfast.delivery.watch;

/**
 * Whether the threads, the executor and the heap of this node are well.
 *
 * @param supervisor watches the threads
 * @param pulse watches the executor
 * @param heap sheds load before the heap is full
 */
public record Vitals(Supervisor supervisor, Pulse pulse, Heap heap) {

    /** Looks at all of them; once a second, on the ticker's thread. */
    public void look() {
        pulse.beat();
        heap.look();
        Heartbeat.ofThisThread().rests(); // what the supervisor calls may take its time
        supervisor.failed();
    }
}

package io.holdfast.cleanup;

import java.time.Duration;

/** Lets time pass, so that tests need not. */
public interface Sleeper {

    /** Really. */
    Sleeper REAL = time -> Thread.sleep(time.toMillis());

    void sleep(Duration time) throws InterruptedException;
}

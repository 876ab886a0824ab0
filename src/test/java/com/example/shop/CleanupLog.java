package com.example.shop;

import io.holdfast.cleanup.CleanupFinished;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

@ApplicationScoped
public class CleanupLog {
    @Inject
    Diary diary;

    void finished(@Observes CleanupFinished event) {
        diary.lines()
                .add("cleanup " + event.cycle().number() + " " + event.cycle().result());
    }
}

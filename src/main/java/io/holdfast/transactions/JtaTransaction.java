package io.holdfast.transactions;

import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.function.Supplier;

/** The container's transaction. */
final class JtaTransaction implements CurrentTransaction {
    private final Supplier<Object> lookup;

    /** @param lookup finds the {@link TransactionSynchronizationRegistry} */
    JtaTransaction(Supplier<Object> lookup) {
        this.lookup = lookup;
    }

    private TransactionSynchronizationRegistry registry() {
        return (TransactionSynchronizationRegistry) lookup.get();
    }

    @Override
    public State state() {
        return switch (registry().getTransactionStatus()) {
            case Status.STATUS_NO_TRANSACTION -> State.NONE;
            case Status.STATUS_ACTIVE -> State.ACTIVE;
            default -> State.CANNOT_COMMIT;
        };
    }

    @Override
    public void afterCommit(Runnable action) {
        TransactionSynchronizationRegistry registry = registry();
        if (registry.getResource(action) != null) {
            return;
        }
        registry.registerInterposedSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {}

            @Override
            public void afterCompletion(int status) {
                if (status == Status.STATUS_COMMITTED) {
                    action.run();
                }
            }
        });
        registry.putResource(action, Boolean.TRUE);
    }
}

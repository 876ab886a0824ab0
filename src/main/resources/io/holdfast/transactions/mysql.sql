-- MySQL 8 and newer, MariaDB 10.5 and newer.
CREATE TABLE holdfast_outbox (
    seq           BIGINT NOT NULL AUTO_INCREMENT,
    channel       VARCHAR(255) NOT NULL,
    message_id    VARCHAR(128) NOT NULL,
    payload       MEDIUMBLOB NOT NULL,
    tags          BLOB,
    accepted_at   BIGINT NOT NULL,
    window_millis BIGINT NOT NULL,
    ttl_millis    BIGINT NOT NULL,
    state         CHAR(1) NOT NULL,
    reason        VARCHAR(200),
    PRIMARY KEY (seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE INDEX holdfast_outbox_state ON holdfast_outbox (state, seq);
CREATE TABLE holdfast_outbox_turn (
    id    SMALLINT NOT NULL,
    turns BIGINT NOT NULL,
    PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
INSERT INTO holdfast_outbox_turn (id, turns) VALUES (1, 0);

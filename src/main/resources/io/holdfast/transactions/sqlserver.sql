-- SQL Server 2016 and newer, Azure SQL.
CREATE TABLE holdfast_outbox (
    seq           BIGINT IDENTITY(1, 1) NOT NULL,
    channel       NVARCHAR(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
    message_id    NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
    payload       VARBINARY(MAX) NOT NULL,
    tags          VARBINARY(8000),
    accepted_at   BIGINT NOT NULL,
    window_millis BIGINT NOT NULL,
    ttl_millis    BIGINT NOT NULL,
    state         CHAR(1) NOT NULL,
    reason        NVARCHAR(200),
    PRIMARY KEY (seq)
);
CREATE INDEX holdfast_outbox_state ON holdfast_outbox (state, seq);
CREATE TABLE holdfast_outbox_turn (
    id    SMALLINT NOT NULL,
    turns BIGINT NOT NULL,
    PRIMARY KEY (id)
);
INSERT INTO holdfast_outbox_turn (id, turns) VALUES (1, 0);

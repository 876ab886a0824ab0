package io.holdfast.protocol;

/** The good answer to a request; the other is an {@link ErrorCode}. */
public sealed interface Result
        permits ConnectResult,
                SubscribeResult,
                UnsubscribeResult,
                PublishResult,
                RpcResult,
                RefreshResult,
                SubRefreshResult,
                PresenceResult,
                PresenceStatsResult,
                HistoryResult,
                PingResult {}

package io.holdfast.protocol;

/** The result of a successful request. A failed one is answered with an {@link ErrorCode}. */
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

#pragma once
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stddef.h>

// librdkafka, looked up at run time: commands that need no Kafka do not load it, and one binary runs
// with the library of the system or with a newer one beside the project.

// Functions that every version since 2.0 has.
#define CKAFKA_FUNCTIONS(F)                                                                        \
    F(rd_kafka_version)                                                                            \
    F(rd_kafka_version_str)                                                                        \
    F(rd_kafka_err2str)                                                                            \
    F(rd_kafka_err2name)                                                                           \
    F(rd_kafka_last_error)                                                                         \
    F(rd_kafka_conf_new)                                                                           \
    F(rd_kafka_conf_destroy)                                                                       \
    F(rd_kafka_conf_set)                                                                           \
    F(rd_kafka_conf_get)                                                                           \
    F(rd_kafka_conf_set_events)                                                                    \
    F(rd_kafka_new)                                                                                \
    F(rd_kafka_destroy)                                                                            \
    F(rd_kafka_destroy_flags)                                                                      \
    F(rd_kafka_fatal_error)                                                                        \
    F(rd_kafka_set_log_queue)                                                                      \
    F(rd_kafka_mem_free)                                                                           \
    F(rd_kafka_clusterid)                                                                          \
    F(rd_kafka_metadata)                                                                           \
    F(rd_kafka_metadata_destroy)                                                                   \
    F(rd_kafka_topic_new)                                                                          \
    F(rd_kafka_topic_destroy)                                                                      \
    F(rd_kafka_topic_partition_list_new)                                                           \
    F(rd_kafka_topic_partition_list_add)                                                           \
    F(rd_kafka_topic_partition_list_destroy)                                                       \
    F(rd_kafka_queue_new)                                                                          \
    F(rd_kafka_queue_destroy)                                                                      \
    F(rd_kafka_queue_get_main)                                                                     \
    F(rd_kafka_queue_get_partition)                                                                \
    F(rd_kafka_queue_forward)                                                                      \
    F(rd_kafka_queue_length)                                                                       \
    F(rd_kafka_queue_poll)                                                                         \
    F(rd_kafka_queue_yield)                                                                        \
    F(rd_kafka_event_type)                                                                         \
    F(rd_kafka_event_name)                                                                         \
    F(rd_kafka_event_destroy)                                                                      \
    F(rd_kafka_event_error)                                                                        \
    F(rd_kafka_event_error_string)                                                                 \
    F(rd_kafka_event_error_is_fatal)                                                               \
    F(rd_kafka_event_log)                                                                          \
    F(rd_kafka_event_message_next)                                                                 \
    F(rd_kafka_event_message_count)                                                                \
    F(rd_kafka_event_topic_partition_list)                                                         \
    F(rd_kafka_incremental_assign)                                                                 \
    F(rd_kafka_incremental_unassign)                                                               \
    F(rd_kafka_error_destroy)                                                                      \
    F(rd_kafka_error_code)                                                                         \
    F(rd_kafka_error_string)                                                                       \
    F(rd_kafka_error_is_fatal)                                                                     \
    F(rd_kafka_get_watermark_offsets)                                                              \
    F(rd_kafka_query_watermark_offsets)                                                            \
    F(rd_kafka_commit_queue)                                                                       \
    F(rd_kafka_committed)                                                                          \
    F(rd_kafka_consumer_close)                                                                     \
    F(rd_kafka_consume_batch_queue)                                                                \
    F(rd_kafka_message_destroy)                                                                    \
    F(rd_kafka_message_status)                                                                     \
    F(rd_kafka_produce_batch)                                                                      \
    F(rd_kafka_flush)                                                                              \
    F(rd_kafka_purge)                                                                              \
    F(rd_kafka_outq_len)                                                                           \
    F(rd_kafka_init_transactions)                                                                  \
    F(rd_kafka_begin_transaction)                                                                  \
    F(rd_kafka_commit_transaction)                                                                 \
    F(rd_kafka_abort_transaction)                                                                  \
    F(rd_kafka_AdminOptions_new)                                                                   \
    F(rd_kafka_AdminOptions_destroy)                                                               \
    F(rd_kafka_AdminOptions_set_request_timeout)                                                   \
    F(rd_kafka_AdminOptions_set_operation_timeout)                                                 \
    F(rd_kafka_NewTopic_new)                                                                       \
    F(rd_kafka_NewTopic_destroy)                                                                   \
    F(rd_kafka_NewTopic_set_config)                                                                \
    F(rd_kafka_CreateTopics)                                                                       \
    F(rd_kafka_event_CreateTopics_result)                                                          \
    F(rd_kafka_CreateTopics_result_topics)                                                         \
    F(rd_kafka_NewPartitions_new)                                                                  \
    F(rd_kafka_NewPartitions_destroy)                                                              \
    F(rd_kafka_CreatePartitions)                                                                   \
    F(rd_kafka_event_CreatePartitions_result)                                                      \
    F(rd_kafka_CreatePartitions_result_topics)                                                     \
    F(rd_kafka_DeleteTopic_new)                                                                    \
    F(rd_kafka_DeleteTopic_destroy)                                                                \
    F(rd_kafka_DeleteTopics)                                                                       \
    F(rd_kafka_event_DeleteTopics_result)                                                          \
    F(rd_kafka_DeleteTopics_result_topics)                                                         \
    F(rd_kafka_topic_result_error)                                                                 \
    F(rd_kafka_topic_result_error_string)                                                          \
    F(rd_kafka_mock_cluster_new)                                                                   \
    F(rd_kafka_mock_cluster_destroy)                                                               \
    F(rd_kafka_mock_cluster_bootstraps)                                                            \
    F(rd_kafka_mock_topic_create)                                                                  \
    F(rd_kafka_mock_topic_set_error)                                                               \
    F(rd_kafka_mock_push_request_errors_array)                                                     \
    F(rd_kafka_mock_clear_request_errors)                                                          \
    F(rd_kafka_mock_partition_set_leader)                                                          \
    F(rd_kafka_mock_broker_set_down)                                                               \
    F(rd_kafka_mock_broker_set_up)                                                                 \
    F(rd_kafka_mock_broker_set_rtt)

/// The library's functions.
typedef struct ckafka_api {
#define CKAFKA_MEMBER(name) __typeof__(name) *_Nonnull name;
    CKAFKA_FUNCTIONS(CKAFKA_MEMBER)
#undef CKAFKA_MEMBER

    // Functions that came later; null where the library is older. All of them or none is there, and
    // the headers that this is built with may not know their types.
    void *_Nullable (*_Nullable topic_collection)(const char *_Nonnull *_Nonnull names, size_t count);
    void (*_Nullable topic_collection_destroy)(void *_Nonnull topics);
    void (*_Nullable describe_topics)(
        rd_kafka_t *_Nonnull client, const void *_Nonnull topics, const void *_Nullable options,
        rd_kafka_queue_t *_Nonnull queue);
    const void *_Nullable (*_Nullable described_topics)(rd_kafka_event_t *_Nonnull event);
    const void *_Nullable *_Nullable (*_Nullable described_topics_list)(
        const void *_Nonnull result, size_t *_Nonnull count);
    const void *_Nullable (*_Nullable topic_id)(const void *_Nonnull topic);
    const char *_Nullable (*_Nullable uuid_text)(const void *_Nonnull uuid);
} ckafka_api;

/// Loads the library; the table stays for the life of the process.
///
/// @param path a file, or the name that the system looks up.
/// @param error says why there is none.
/// @returns the functions, or null.
const ckafka_api *_Nullable ckafka_load(
    const char *_Nonnull path, char *_Nonnull error, size_t error_size);

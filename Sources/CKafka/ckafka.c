#define _GNU_SOURCE
#include "ckafka.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Fills one member; the pointer types differ, their size does not.
static int find(void *library, const char *name, void *member, char *error, size_t error_size) {
    void *found = dlsym(library, name);
    if (found == NULL) {
        snprintf(error, error_size, "it has no function %s", name);
        return -1;
    }
    memcpy(member, &found, sizeof found);
    return 0;
}

static void find_newer(void *library, ckafka_api *api) {
    char ignored[128];
    ckafka_api more = *api;
#define NEWER(member, name)                                                                        \
    if (find(library, name, &more.member, ignored, sizeof ignored) != 0) return;
    NEWER(topic_collection, "rd_kafka_TopicCollection_of_topic_names")
    NEWER(topic_collection_destroy, "rd_kafka_TopicCollection_destroy")
    NEWER(describe_topics, "rd_kafka_DescribeTopics")
    NEWER(described_topics, "rd_kafka_event_DescribeTopics_result")
    NEWER(described_topics_list, "rd_kafka_DescribeTopics_result_topics")
    NEWER(topic_id, "rd_kafka_TopicDescription_topic_id")
    NEWER(uuid_text, "rd_kafka_Uuid_base64str")
#undef NEWER
    *api = more;
}

const ckafka_api *ckafka_load(const char *path, char *error, size_t error_size) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *why = dlerror();
        snprintf(error, error_size, "%s", why == NULL ? "it can't be loaded" : why);
        return NULL;
    }
    ckafka_api *api = calloc(1, sizeof *api);
    if (api == NULL) {
        snprintf(error, error_size, "no memory");
        dlclose(library);
        return NULL;
    }
#define FIND(name)                                                                                 \
    if (find(library, #name, &api->name, error, error_size) != 0) {                                \
        free(api);                                                                                 \
        dlclose(library);                                                                          \
        return NULL;                                                                               \
    }
    CKAFKA_FUNCTIONS(FIND)
#undef FIND
    find_newer(library, api);
    return api;
}

import ASEEDSystem
import LoadGen
import Testing

@testable import Lab

@Suite struct LoadPlanTests {
    @Test func writesThePlanOfTheContract() throws {
        let read = try scenario(
            """
            {"seed": 42, "log": {"partitions": 4, "fsync": "always"},
             "engine": {"trigger": "1s", "watermark_delay": "2m",
               "windows": [{"size": "5m", "slide": "1m"}, {"size": "60s"}]},
             "load": [
              {"executor": "backlog", "name": "fill", "orders": 5000, "event_rate": 2.5,
               "products": 7, "categories": 3, "distribution": "hot(0.5)", "customers": 9,
               "promotions": true, "event_time_speed": 2,
               "event_time_start": "2024-02-29T12:00:00.5Z"},
              {"executor": "constant-arrival-rate", "rate": 100, "duration": "2s",
               "pacing": "poisson"}],
             "data": {"late": {"fraction": 0.1, "min_delay": "1s", "max_delay": "1m"},
               "boundary": true, "invalid": {"fraction": 0.01, "kinds": ["encoding"]}}}
            """)
        let expected = """
            {"seed":42,"partitions":4,"fsync":"always","products":7,"categories":3,\
            "distribution":{"kind":"hot","share":0.5},"customers":9,"day_shape":false,\
            "promotions":true,"segments":false,\
            "event_time_start":"2024-02-29T12:00:00.500000Z","event_time_speed":2,\
            "window_ms":300000,"slide_ms":60000,"watermark_delay_ms":120000,\
            "event_time_max":"2024-02-29T13:33:24.500000Z",\
            "mix":{"out_of_order":{"fraction":0,"max_delay_ms":0},\
            "late":{"fraction":0.1,"min_delay_ms":1000,"max_delay_ms":60000},"boundary":true,\
            "duplicates":{"fraction":0,"max_gap":0},\
            "invalid":{"fraction":0.01,"kinds":["encoding"]}},\
            "stages":[{"name":"fill","executor":"backlog","orders":5000,"event_rate":2.5},\
            {"name":"constant-arrival-rate","executor":"constant-arrival-rate","rate":100,\
            "duration_ms":2000,"pacing":"poisson"}]}
            """
        #expect(String(decoding: read.loadPlanJSON(), as: UTF8.self) == expected)
    }
}

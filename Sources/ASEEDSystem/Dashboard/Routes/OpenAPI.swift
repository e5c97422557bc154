/// `GET /openapi.json`: the routes as OpenAPI 3.1, made of the tables that the server works by.
enum OpenAPI {
    static let bytes = make()

    private static func make() -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("openapi", "3.1.0")
            json.name("info")
            json.object { json in
                json.member("title", "ASEED dashboard")
                json.member("version", "1")
                json.member(
                    "description",
                    "Results of the order stream: taken from engines, kept, and handed on. "
                        + "Further fields in bodies are ignored. Money is exact: read its digits.")
            }
            json.name("paths")
            json.object { json in
                var seen: Set<String> = []
                for route in RouteTable.all where seen.insert(route.path).inserted {
                    json.name(route.path)
                    json.object { json in
                        for route in RouteTable.byPath[route.path] ?? [] {
                            json.name(route.method.rawValue.lowercased())
                            operation(route, into: &json)
                        }
                    }
                }
            }
            json.name("components")
            json.object { json in
                json.name("schemas")
                json.object { json in
                    for form in forms {
                        json.name(form.name)
                        SchemaText.object(form.fields, text: form.text, into: &json)
                    }
                }
                json.name("securitySchemes")
                json.object { json in
                    json.name("token")
                    json.object { json in
                        json.member("type", "http")
                        json.member("scheme", "bearer")
                    }
                }
            }
        }
        return json.bytes
    }

    /// Every form that a route names, each name once.
    private static var forms: [RouteDocument.Form] {
        var names: Set<String> = []
        return RouteTable.all.flatMap { route in
            route.document.bodies
                + route.answers.compactMap { answer in
                    if case .json(let form) = answer.content { form } else { nil }
                }
        }.filter { names.insert($0.name).inserted }
    }

    private static func operation(_ route: Route, into json: inout JSONWriter) {
        json.object { json in
            json.member("operationId", operationID(route))
            json.member("summary", route.summary)
            security(route, into: &json)
            if !route.document.parameters.isEmpty {
                json.name("parameters")
                json.array { json in
                    for parameter in route.document.parameters {
                        json.object { json in
                            json.member("name", parameter.name)
                            json.member("in", "query")
                            json.member("description", parameter.text)
                            json.member("required", parameter.required)
                            json.name("schema")
                            json.object { $0.member("type", "string") }
                        }
                    }
                }
            }
            if !route.document.bodies.isEmpty { requestBody(route, into: &json) }
            json.name("responses")
            json.object { json in
                for answer in route.answers {
                    json.name(String(answer.status))
                    write(answer, into: &json)
                }
            }
        }
    }

    private static func operationID(_ route: Route) -> String {
        let words = route.path.split { !$0.isLetter && !$0.isNumber }
        return ([route.method.rawValue.lowercased()] + words.map { String($0) })
            .joined(separator: "_")
    }

    /// Nothing, or the token, or either of them.
    private static func security(_ route: Route, into json: inout JSONWriter) {
        json.name("security")
        json.array { json in
            switch route.access {
            case .open: break
            case .read, .originalWrite:
                json.object { _ in }
                json.object { json in
                    json.name("token")
                    json.array { _ in }
                }
            case .write:
                json.object { json in
                    json.name("token")
                    json.array { _ in }
                }
            }
        }
    }

    private static func requestBody(_ route: Route, into json: inout JSONWriter) {
        json.name("requestBody")
        json.object { json in
            json.member("required", true)
            json.name("content")
            json.object { json in
                json.name("application/json")
                json.object { json in
                    json.name("schema")
                    json.object { json in
                        json.name("anyOf")
                        json.array { json in
                            for form in route.document.bodies { reference(form, into: &json) }
                        }
                    }
                }
            }
        }
    }

    private static func reference(_ form: RouteDocument.Form, into json: inout JSONWriter) {
        json.object { $0.member("$ref", "#/components/schemas/\(form.name)") }
    }

    private static func write(_ answer: RouteDocument.Answer, into json: inout JSONWriter) {
        json.object { json in
            json.member("description", answer.text)
            let type: String
            switch answer.content {
            case .none: return
            case .json: type = "application/json"
            case .text(let name): type = name
            }
            json.name("content")
            json.object { json in
                json.name(type)
                json.object { json in
                    json.name("schema")
                    if case .json(let form) = answer.content {
                        reference(form, into: &json)
                    } else {
                        json.object { $0.member("type", "string") }
                    }
                }
            }
        }
    }
}

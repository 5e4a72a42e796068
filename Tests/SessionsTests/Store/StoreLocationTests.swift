import Sessions
import Testing

@Suite struct StoreLocationTests {
  @Test(arguments: [nil, ""])
  func `without a value, the store is a file`(value: String?) throws {
    #expect("\(try StoreLocation(value, orFile: "/home/crab/edgecrab.sqlite"))" == "/home/crab/edgecrab.sqlite")
  }

  @Test func `a URL is a database, which is shown without its password`() throws {
    for scheme in ["postgres", "postgresql"] {
      let location = try StoreLocation("\(scheme)://crab:secret@db:6432/edgecrab", orFile: "")
      #expect("\(location)" == "postgresql://crab@db:6432/edgecrab")
    }
  }

  @Test(arguments: ["host=db dbname=crab", "postgresql:db", "mysql://db/crab", "postgresql://a:secret@[b/c", " "])
  func `everything else is an error that does not show it`(value: String) {
    let error = #expect(throws: StoreLocationError.self) { try StoreLocation(value, orFile: "") }
    #expect(error.map { "\($0)" }?.contains("secret") == false)
  }
}

import Testing

@testable import PostgreSQL

@Suite struct AddressTests {
  @Test(arguments: [
    ("postgresql://crab:pass%20word@db.example.com:5433/crabs", "postgresql://crab@db.example.com:5433/crabs"),
    ("postgres://db.example.com", "postgresql://db.example.com/"),
    ("postgresql://crab@[::1]:5433/crabs?sslmode=require&password=word", "postgresql://crab@[::1]:5433/crabs"),
    ("postgresql://a:1,b:2/crabs?target_session_attrs=read-write", "postgresql://a:1,b:2/crabs"),
    ("postgresql://crab@/crabs?host=/run/postgresql", "postgresql://crab@/crabs?host=/run/postgresql"),
    ("host=a,b port=5432 user=crab password=word dbname=crabs", "postgresql://crab@a:5432,b:5432/crabs"),
    ("hostaddr=10.0.0.1 dbname='the crabs'", "postgresql://10.0.0.1/the crabs"),
    ("service=crabs", "postgresql:///?service=crabs"),
    ("postgresql://", "postgresql:///"),
  ])
  func `an address is shown without what may be secret`(_ text: String, _ shown: String) throws {
    let address = try PostgresAddress(text)
    #expect(address.shown == shown)
    var dumped = ""
    dump(address, to: &dumped)
    for text in ["\(address)", String(reflecting: address), dumped] {
      #expect(text.contains(shown))
      #expect(!text.contains("word"))
    }
  }

  @Test(arguments: [
    "", "crabs", "mysql://crab:my-secret@db/crabs", "postgresql://crab:my-secret@db:5432/crabs?unknown=my-secret",
    "postgresql://crab:my%secret@db", "postgresql://crab:my-secret@[::1", "password=my-secret host", "host=a\0b",
  ])
  func `a text that is no address is not quoted`(_ text: String) {
    let error = #expect(throws: PostgresError.self) { try PostgresAddress(text) }
    #expect(error?.code == .badAddress)
    #expect(error?.description.contains("secret") == false)
  }

  @Test func `a host is removed from its lists`() throws {
    let options = ConnectionOptions(["host": "a,b,c", "hostaddr": "1,2,3", "port": "5,,7", "user": "crab"])
    let names = options.hosts.map(\.name)
    #expect(names == ["a", "b", "c"])
    #expect(
      options.parameters(without: ConnectionOptions.Host(name: "b", port: "5432"))
        == ["host": "a,c", "hostaddr": "1,3", "port": "5,7"])
    #expect(
      options.parameters(without: ConnectionOptions.Host(name: "b", port: "5")) == [
        "host": "a,c", "hostaddr": "1,3", "port": "5,7",
      ])
    #expect(options.parameters(without: ConnectionOptions.Host(name: "a", port: "6")) == nil)
    let single = ConnectionOptions(["host": "a", "port": "5432"])
    #expect(single.parameters(without: ConnectionOptions.Host(name: "a", port: "5432")) == nil)
    let samePort = ConnectionOptions(["host": "a,b", "port": "5432"])
    #expect(samePort.parameters(without: ConnectionOptions.Host(name: "a", port: "5432")) == ["host": "b"])
  }
}

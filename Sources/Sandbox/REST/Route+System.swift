import Core

extension Route {
  static let system: [Route] = [
    Route(.get, "system/ping", needsUser: false) { _, _ throws(AppError) in
      .ok([
        "AndroidLatestVersion": "", "AndroidMinVersion": "", "IosLatestVersion": "", "IosMinVersion": "",
        "status": "OK",
      ])
    },
    // Of the two hundred keys those that a bot has a use for.
    Route(.get, "config/client", needsUser: false) { _, _ throws(AppError) in
      .ok([
        "BuildDate": "", "BuildEnterpriseReady": "", "BuildHash": "", "BuildNumber": "",
        "CollapsedThreads": "disabled", "DefaultClientLocale": "en",
        "MaxPostSize": .string(String(Limits.messageScalarsMax)), "SiteName": "edgecrab sandbox", "SiteURL": "",
        "Version": .string(ServerVersion.number), "WebsocketURL": "",
      ])
    },
  ]
}

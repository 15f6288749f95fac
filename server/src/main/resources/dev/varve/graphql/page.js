ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({
      url: '/graphql',
      subscriptionUrl: location.origin.replace(/^http/, 'ws') + '/graphql'
    }),
    defaultEditorToolsVisibility: true,
    shouldPersistHeaders: false
  })
);

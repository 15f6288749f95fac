ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({url: '/graphql'}),
    defaultEditorToolsVisibility: true,
    shouldPersistHeaders: false
  })
);

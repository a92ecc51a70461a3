"""The pages that people use: server-rendered, useful without JavaScript, everything served by ourselves."""

document.title = document.title + " (ready)";

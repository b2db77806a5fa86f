// Sends the form on its own; without JavaScript its button does.
document.getElementById("post").submit();
